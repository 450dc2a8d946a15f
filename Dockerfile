# syntax=docker/dockerfile:1
# Financr as one image: the binary, its commented configuration and nothing else.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep what was fetched and built last time; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package financr --bin financr \
    && install -D --mode=0755 target/release/financr /out/financr
# The API listens on all addresses of the container, so it answers only with FINANCR_API_TOKEN set. It speaks HTTP
# there: publish the port on 127.0.0.1 only, and put a proxy with a certificate before it for others.
RUN sed -e 's/^\(bind *= *\).*/\1"0.0.0.0:8080"/' -e 's/^# \(plain_http *=\)/\1/' financr.toml > /out/financr.toml \
    && grep --quiet '^bind *= *"0.0.0.0:8080"' /out/financr.toml \
    && grep --quiet '^plain_http *= *"behind_a_proxy"' /out/financr.toml

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /srv/financr --shell /usr/sbin/nologin financr \
    && install -d --owner=financr --group=financr /srv/financr /srv/financr/financr-data
COPY --from=build /out/financr /usr/local/bin/financr
COPY --from=build /out/financr.toml /srv/financr/financr.toml
COPY LICENSE NOTICE /usr/share/doc/financr/
# The shipped configuration keeps store, lake and mail in the folder financr-data beside it.
WORKDIR /srv/financr
VOLUME /srv/financr/financr-data
USER financr
EXPOSE 8080
# Asks the API without any further tool: bash opens the connection itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["financr"]
CMD ["serve"]
