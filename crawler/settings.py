"""Scrapy's settings for every crawl process; what differs from job to job is laid over them in `crawler.visit`."""

BOT_NAME = "nianbao"
SPIDER_MODULES = ["spiders"]
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

DOWNLOAD_HANDLERS = {
    "http": "crawler.download.ArchivingDownloadHandler",
    "https": "crawler.download.ArchivingDownloadHandler",
}
ITEM_PIPELINES = {"crawler.download.VisitPipeline": 500}

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh",  # not Scrapy's `en`: portals with an English edition would show that
    # What every reader of WARC files undoes: `warcio check` falls over brotli, and zstd is known to few.
    "Accept-Encoding": "gzip, deflate",
}
ROBOTSTXT_OBEY = False  # Scrapy's reading of it; crawler.room obeys it for the browser too, by RFC 9309
COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 1
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504]  # once, and not before the gate opens again

# How many requests are under way is for crawler.politeness to say, per host and per address.
CONCURRENT_REQUESTS = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1000
CONCURRENT_ITEMS = 4
DOWNLOAD_DELAY = 0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # bytes after decompression; crawler.wire limits what comes over the wire
DOWNLOAD_WARNSIZE = 0

# Nothing may be asked of a running crawl over the network.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

PLAYWRIGHT_BROWSER_TYPE = "chromium"
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 1
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = 20_000  # ms

LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
