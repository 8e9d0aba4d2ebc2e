"""From the outbox to the platforms. A row is claimed only when its send can start at once, so that
after a crash nothing is in doubt that was not truly on its way.
"""

from core.delivery.runner import Delivery

__all__ = ["Delivery"]
