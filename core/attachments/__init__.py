"""Evidence: every file that came in is fetched at once, checked, and stored for good.

The row is written with the message and stays pending until its bytes lie where `stored_as` says, so
a row never points to a missing file, and whatever is interrupted is taken up again.
"""

from core.attachments.fetching import Attachments
from core.attachments.rows import remember

__all__ = ["Attachments", "remember"]
