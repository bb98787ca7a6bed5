"""The only folder in which an image exists.

Sources (`reader`, `video_file`, `scene`) make a `Frame`; `look` lets a detector see it once; `Detections` come out.
"""
