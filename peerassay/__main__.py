"""`python -m peerassay` is the command `peerassay`."""

from .cli.main import main

if __name__ == "__main__":
    main()
