"""`eventapp …` and `python -m eventapp …`: gevent patches first, then the command line is imported."""

import sys


def main() -> None:
    """The count needs nothing but the standard library, so it runs before anything else is loaded."""
    if sys.argv[1:2] == ["tally"]:
        from eventapp.tally_command import main as tally

        sys.exit(tally(sys.argv[2:]))
    from gevent import monkey

    monkey.patch_all()
    from eventapp.cli import cli

    cli(prog_name="eventapp")


if __name__ == "__main__":
    main()
