"""Vyper contracts of Assay and the scripts that build, deploy and check them."""
