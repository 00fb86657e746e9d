"""A tiny NiceGUI page behind the guard, as a program of its own: NiceGUI is global to its process.

It listens on a free port of 127.0.0.1, as NAME, and prints the address that lets one browser in.
usage: python -m tests.app.pages.guarded_page NAME
"""

import asyncio
import socket
import sys

import uvicorn
from fastapi import FastAPI
from nicegui import ui

from tracker.app.pages.access import Guard
from tracker.app.pages.addresses import Door, qr_svg
from tracker.app.pages.tickets import Tickets


def page():
    said = ui.label("nobody pressed")
    ui.button("press", on_click=lambda: said.set_text("pressed"))
    ui.html(qr_svg("http://127.0.0.1/"), sanitize=False).style("width: 10rem")
    ui.icon("fitness_center")
    ui.echart({"xAxis": {"type": "category"}, "yAxis": {}, "series": [{"type": "line", "data": [1, 2]}]})


async def serve(name):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        door = Door(listening.getsockname()[1], shared=(name,))
        tickets = Tickets()
        app = FastAPI(openapi_url=None)
        ui.run_with(app, root=page, show_welcome_message=False)
        guarded = Guard(app, door, tickets)
        server = uvicorn.Server(
            uvicorn.Config(guarded, proxy_headers=False, access_log=False, log_level="warning")
        )
        sys.stdout.write(f"{door.url(name, tickets.issue())}\n")
        sys.stdout.flush()
        await server.serve([listening])


if __name__ == "__main__":
    sys.exit(asyncio.run(serve(sys.argv[1])))
