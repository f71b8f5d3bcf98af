"""Where the program begins and ends."""

import gc
import os
import sys


def run() -> None:
    """Run a command as a process."""
    gc.disable()  # before the imports, which make much and leave little: see `main`
    from policypress.cli import main
    from policypress.expressions import keep

    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    keep()
    os._exit(status)  # everything is written; taking thousands of sections apart again would cost a tenth of the run


if __name__ == "__main__":
    run()
