"""Build, deploy, export and lint: each module is a command, `python -m contracts.scripts.<name>`."""
