"""A tiny data folder in the form of the shared one, whose objects are plain coloured blocks on grey."""

import json

import av
import cv2
import numpy as np


def grey(size, *blocks):
    """Return uint8 BGR (H, W, 3) with blocks (left, top, width, height, colour)."""
    pixels = np.full((size[1], size[0], 3), 114, np.uint8)
    for left, top, width, height, colour in blocks:
        pixels[top : top + height, left : left + width] = colour
    return pixels


def write_video(path, pictures, codec, pix_fmt):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10, options={"qscale": "1"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pix_fmt
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24").reformat(format=pix_fmt)))
        container.mux(stream.encode())


def write_data(folder):
    """Write the folder; what walks through PETS is red in its middle."""
    pets, clips, images = folder / "pets09", folder / "jamcam_mot", folder / "images"
    for path in (pets, clips, images / "bikerider", images / "modes_transport_v2", images / "highway40"):
        path.mkdir(parents=True)
    places = [(32 + 16 * (k // 5), 64) for k in range(12)]
    write_video(pets / "vtest.avi", [grey((256, 192), (*at, 16, 16, (0, 0, 255))) for at in places], "ffv1", "bgr0")
    persons = [f"{k},7,{x - 8},{y - 16},32,48,1,1,1" for k, (x, y) in enumerate(places, 1)]
    (pets / "gt.txt").write_text("\n".join(persons))
    for name in ("a", "b", "c"):
        write_video(clips / f"{name}.mp4", [grey((352, 288))] * 7, "mpeg4", "yuv420p")
        rows = [f"{k},1,100,100,40,30,1,2,1,0,0\n{k},2,200,50,20,13,1,4,1,0,0" for k in range(1, 8)]
        (clips / f"{name}.gt.txt").write_text("# frame,id,x,y,w,h\n" + "\n".join(rows))
    lines = [
        {"image": "bikerider/0.jpg", "boxes": [[0.25, 0.5, 0.75, 1.0, 1]], "complete": ["bicycle"]},
        {"image": "bikerider/1.jpg", "boxes": [], "complete": ["bicycle"]},
        {"image": "highway40/0.jpg", "boxes": [[0, 0, 1, 1, 5]], "complete": ["truck"]},
        {
            "image": "modes_transport_v2/0.jpg",
            "boxes": [[0, 0, 0.5, 0.5, 2], [0.5, 0.5, 1, 1, 4]],
            "complete": ["motorcycle", "car", "bus"],
        },
    ]
    (images / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for line, size in zip(lines, [(320, 200), (40, 30), (64, 64), (300, 300)], strict=True):
        cv2.imwrite(str(images / line["image"]), grey(size, (0, 0, *size, (0, 255, 0))))
    return folder
