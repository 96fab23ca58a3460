"""Pages over what was found, judged and archived. Reads only; decides nothing. `web.app` puts them together."""
