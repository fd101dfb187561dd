"""From a draft to a checked PDF: the document, tables and figures, compiling, checks, and mending by rule."""
