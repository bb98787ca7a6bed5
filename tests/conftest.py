"""For all tests: a busy machine makes a property slow, never wrong."""

from hypothesis import settings

settings.register_profile("comptage", deadline=None)
settings.load_profile("comptage")
