"""What people read: tables in five forms, numbers in words, pages, drawings."""
