"""/api/v1/check: what is wrong with the text of a site file, for the set-up page. It writes nothing."""

import re
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from models.catalogue import MOTION, load_card
from vision.address import parse_address
from vision.errors import UsageError
from vision.scenes import open_world
from vision.service.problems import problem
from vision.settings import SettingsError, parse_settings
from vision.site import Site

router = APIRouter()

MOST_BYTES: Final = 256 * 1024
MEDIA_TYPE: Final = "application/toml"
"""Not among the types that a page of another site may send without asking first (CORS)."""
_NAME: Final = re.compile(r"[a-z0-9-]+")


class Verdict(BaseModel):
    """What `comptage check` would say is wrong."""

    good: bool
    messages: list[str]


@router.post("/check", include_in_schema=False)
async def check(request: Request) -> Response:
    """Return what is wrong with a site file whose text, as application/toml, is the body."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != MEDIA_TYPE:
        return problem(415, f"wanted a body of type {MEDIA_TYPE}")
    text = b""
    try:
        async for chunk in request.stream():
            text += chunk
            if len(text) > MOST_BYTES:
                return problem(413, f"wanted at most {MOST_BYTES} bytes")
    except ClientDisconnect:
        return problem(400, "wanted a whole body")
    verdict = await run_in_threadpool(judge, text)
    return Response(verdict.model_dump_json(), media_type="application/json")


def judge(text: bytes) -> Verdict:
    """Return what is wrong with a site file. No file that it names is looked for, or one could ask what is there."""
    try:
        site = parse_settings(text, Site)
    except SettingsError as error:
        return Verdict(good=False, messages=error.phrases)
    messages = []
    for camera in site.cameras:
        address = parse_address(camera.source)
        try:
            if address.kind == "scene":
                open_world(address.target)
            if camera.detector != MOTION and _NAME.fullmatch(camera.detector):
                load_card(camera.detector)
        except UsageError as error:
            messages.append(f"camera {camera.name}: {error}")
    return Verdict(good=not messages, messages=messages)
