"""Pages over what was found, judged and archived. Reads only; decides nothing."""

from web.app import create_app

__all__ = ["create_app"]
