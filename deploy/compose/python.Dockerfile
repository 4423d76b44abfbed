# Packages of this repository for what has no Dockerfile of its own; the build's arguments are in viewer.yaml and
# services.yaml. PACKAGES are folders of the repository, REQUIREMENTS is the folder of their hashed lock (`make lock`).
FROM python:3.13-slim AS build
WORKDIR /build
# Wheels of this repository are built in an environment of their own, which stays behind.
COPY requirements-build.txt ./
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r requirements-build.txt
ARG REQUIREMENTS
COPY ${REQUIREMENTS}/requirements.txt ./
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY services services
ARG PACKAGES
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels ${PACKAGES} \
    && python -m pip --python /venv/bin/python install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.13-slim
COPY --from=build /venv /venv
USER 10001:10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
