"""Papers as people have them: PDF, LaTeX, Markdown and plain text, read into records with hidden text set aside."""
