"""The admin, one module for each thing shown. Django looks for the registrations here."""

from django.contrib import admin

from activity_history.admin import activities as activities
from activity_history.admin import authors as authors
from activity_history.admin import clients as clients
from activity_history.admin import erasures as erasures
from activity_history.admin import holds as holds
from activity_history.admin import reads as reads
from activity_history.admin import receipts as receipts
from activity_history.admin import request_records as request_records
from activity_history.admin import viewer_links as viewer_links

admin.site.site_header = admin.site.site_title = "Activity History"
