"""Data files → rows in one normal shape. The editor's reader follows the same rules and passes the same fixtures."""
