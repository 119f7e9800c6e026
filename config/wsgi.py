"""The application that serves, one of these in each worker process."""

import gc
import multiprocessing
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connections

from config.database import limit_statements
from config.local_files import LocalFilesUnusable
from config.process import end_with_parent

# A worker that outlives its killed parent would keep the port.
end_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    _django = get_wsgi_application()
except (ImproperlyConfigured, LocalFilesUnusable) as error:
    sys.exit(str(error))
for each in connections.all():
    limit_statements(each.settings_dict)

# It reads the settings, which must have been told of by now if they are bad.
from activities.api.hot_path import hot_path  # noqa: E402
from config.request_log import logged  # noqa: E402
from config.request_writer import RequestWriter  # noqa: E402

application = logged(hot_path(_django))
# Not in a test run or a shell.
if multiprocessing.parent_process():
    RequestWriter().start()

# What is loaded by now stays: without this, a large body sets off collections that walk all of Django.
gc.collect()
gc.freeze()
