"""Learns from the incidents of a SOAR platform and predicts a field of a new one."""

from resml._core import __version__

__all__ = ["__version__"]
