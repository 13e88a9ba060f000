"""The `assay` command line. `main` loads a command's module only when that command is called."""
