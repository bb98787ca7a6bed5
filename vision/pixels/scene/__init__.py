"""A synthetic place as a camera would see it, drawn anew for each instant."""

from vision.pixels.scene.view import SceneView

__all__ = ["SceneView"]
