"""The command `peerassay`: one file per command group."""
