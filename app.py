"""Toile's page: ``python app.py [--share] [--host HOST] [--port PORT] [--device auto] [--checkpoints DIR]``."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

# Before gradio is imported: no request leaves this machine.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# Before torch is: its threads sleep while they wait for each other. Spinning, they slow a drawing down tenfold
# on a machine whose few cores have something else to do, such as the browser that the page is seen in.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    on_space = "SPACE_ID" in os.environ
    parser = argparse.ArgumentParser(description="Read a garment. Draw the next one.")
    parser.add_argument("--share", action="store_true", help="a public link for 72 hours")
    parser.add_argument("--host", default="0.0.0.0" if on_space else "127.0.0.1")  # noqa: S104
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--checkpoints", type=Path, default=None, metavar="DIR")
    return parser.parse_args()


def main() -> None:
    """Load the models once and serve the page."""
    arguments = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    from demo.build import build
    from demo.gradio_words import I18N
    from demo.service import Service
    from demo.theme import CSS, HEAD, theme
    from demo.visitor_files import keep_swept, take_folder
    from fashion_core import ToileError
    from fashion_core.checkpoint import DEFAULT_ROOT

    try:
        service = Service.load(arguments.checkpoints or DEFAULT_ROOT, arguments.device)
    except ToileError as error:
        sys.exit(str(error))
    # A stopped container cleans up like a pressed Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    take_folder()
    page = build(service)
    keep_swept(page)
    page.launch(
        share=arguments.share,
        server_name=arguments.host,
        server_port=arguments.port,
        theme=theme(),
        css=CSS,
        head=HEAD,
        footer_links=[],
        max_file_size="40mb",
        show_error=True,
        ssr_mode=False,
        run_history=False,
        i18n=I18N,
    )


if __name__ == "__main__":
    main()
