"""/map: the city's own drawing of the place, as it gave it."""

from fastapi import APIRouter, HTTPException, Request, Response

router = APIRouter()

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""A drawing may have styles; but opened by itself it runs no script, loads nothing and is of no origin."""


@router.get("/map", include_in_schema=False)
def city_map(request: Request) -> Response:
    """Return the drawing; 404 where the site has none."""
    found = request.app.state.map
    if found is None:
        raise HTTPException(404)
    return Response(found.content, media_type=found.media_type, headers={"Content-Security-Policy": POLICY})
