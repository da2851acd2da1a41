# The same releases from upstream, for systems without apt.
#
# doctest, nlohmann-json and the two k8s.io trees are the archives that Debian carries unchanged, so they have
# the hashes of dependencies.txt. Debian repacks yaml-cpp and imgui: yaml-cpp has the hash of upstream's own
# archive, imgui is pinned by its release tag alone.

include(FetchContent)

function(pilothouse_pinned_hash name result)
  file(STRINGS "${CMAKE_SOURCE_DIR}/cmake/dependencies.txt" lines REGEX "^${name} ")
  list(GET lines 0 line)
  string(REGEX MATCH "[0-9a-f]+$" hash "${line}")
  set(${result} "${hash}" PARENT_SCOPE)
endfunction()

function(pilothouse_declare name repository archive hash)
  FetchContent_Declare(${name} URL "https://github.com/${repository}/archive/refs/tags/${archive}.tar.gz"
    URL_HASH "SHA256=${hash}" DOWNLOAD_EXTRACT_TIMESTAMP TRUE SOURCE_SUBDIR no-build-of-its-own)
endfunction()

foreach(name doctest nlohmann-json k8s-api k8s-apimachinery)
  pilothouse_pinned_hash(${name} ${name}_hash)
endforeach()
pilothouse_declare(doctest doctest/doctest v2.4.11 ${doctest_hash})
pilothouse_declare(nlohmann-json nlohmann/json v3.11.3 ${nlohmann-json_hash})
pilothouse_declare(k8s-api kubernetes/api v0.32.3 ${k8s-api_hash})
pilothouse_declare(k8s-apimachinery kubernetes/apimachinery v0.32.3 ${k8s-apimachinery_hash})
pilothouse_declare(yaml-cpp jbeder/yaml-cpp 0.8.0
  fbe74bbdcee21d656715688706da3c8becfd946d92cd44705cc6098bb23b3a16)
FetchContent_Declare(imgui GIT_REPOSITORY https://github.com/ocornut/imgui.git GIT_TAG v1.92.2b
  GIT_SHALLOW TRUE SOURCE_SUBDIR no-build-of-its-own)

foreach(name imgui yaml-cpp doctest nlohmann-json k8s-api k8s-apimachinery)
  FetchContent_MakeAvailable(${name})
  set(${name}_dir "${${name}_SOURCE_DIR}")
endforeach()
