"""The application that serves, one of these in each worker process."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.process import end_with_parent

# A worker that outlives its killed parent would keep the port.
end_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded by now stays: without this, a large body sets off collections that walk all of Django.
gc.collect()
gc.freeze()
