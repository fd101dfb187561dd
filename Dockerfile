# Two images. `small` reviews, measures and shows; `full` has LaTeX, bubblewrap and torch for the scientist too.
#   make image
#   docker run --rm -v "$PWD:/work" -e OPENAI_API_KEY peerassay:small bench -d sample --out runs/sample
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY . .
RUN python -m venv /opt/peerassay && /opt/peerassay/bin/pip install --no-cache-dir .

FROM python:${PYTHON}-slim AS small
COPY --from=build /opt/peerassay /opt/peerassay
RUN useradd --create-home --uid 1000 reviewer && install --directory --owner reviewer /work
ENV PATH=/opt/peerassay/bin:$PATH
USER reviewer
WORKDIR /work
ENTRYPOINT ["peerassay"]
CMD ["--help"]

FROM small AS full
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        bubblewrap texlive-latex-recommended texlive-fonts-recommended chktex poppler-utils \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY constraints-dev.txt /opt/peerassay/
RUN /opt/peerassay/bin/pip install --no-cache-dir --constraint /opt/peerassay/constraints-dev.txt \
        'peerassay[scientist,openreview,hf]'
USER reviewer
