# The room core/http: what only real clients over HTTP need. Native builds alone have it, and its tables are
# made at build time from the published API sources.

pilothouse_rooms(core http)
get_property(others GLOBAL PROPERTY PILOTHOUSE_ROOMS)
list(REMOVE_ITEM others pilothouse_http)
set_property(GLOBAL PROPERTY PILOTHOUSE_ROOMS "${others}")

function(pilothouse_http_table name)
  set(generator "${CMAKE_SOURCE_DIR}/core/http/generate_${name}.py")
  set(table "${CMAKE_BINARY_DIR}/generated/core/http/${name}_table.cpp")
  file(GLOB helpers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/core/http/*.py" "${CMAKE_SOURCE_DIR}/core/api/schema/*.py")
  add_custom_command(
    OUTPUT "${table}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_BINARY_DIR}/generated/core/http"
    COMMAND python3 "${generator}" --api "${k8s-api_dir}" --apimachinery "${k8s-apimachinery_dir}"
            --output "${table}"
    DEPENDS "${generator}" ${helpers} "${CMAKE_SOURCE_DIR}/cmake/dependencies.txt"
    COMMENT "Reading the Kubernetes API types for ${name}" VERBATIM)
  target_sources(pilothouse_http PRIVATE "${table}")
endfunction()

pilothouse_http_table(protobuf)
pilothouse_http_table(openapi)
