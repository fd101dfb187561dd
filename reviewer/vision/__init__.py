"""Pages of papers as images for reviewers, with blanks where the text that they get has been cut."""
