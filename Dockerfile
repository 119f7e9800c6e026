FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

# Before the code, so that a change of code installs nothing.
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
    && useradd --system --no-create-home --shell /usr/sbin/nologin history

COPY . .
USER history
EXPOSE 8000

# As `make run` starts it, but on all of the container's addresses; what is in front of it is the outside.
CMD ["sh", "-c", "exec python -m granian --interface wsgi --http 1 --host 0.0.0.0 --port 8000 --workers ${WEB_CONCURRENCY:-2} --blocking-threads 1 --backlog 1024 --workers-kill-timeout 4 --no-ws --respawn-failed-workers --no-access-log --log-level error config.wsgi:application"]
