# A room is a folder of sources that becomes the library pilothouse_<room>. A room without sources yet is only
# an interface. Room <n> of a list links every room that was declared before it.

set_property(GLOBAL PROPERTY PILOTHOUSE_ROOMS "")

function(pilothouse_rooms parent names)
  foreach(name IN LISTS names)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${parent}/${name}/*.cpp")
    if(name STREQUAL "api" AND EXISTS "${CMAKE_SOURCE_DIR}/core/api/schema/generate.py")
      pilothouse_kind_list()
      list(APPEND sources "${CMAKE_BINARY_DIR}/generated/core/api/kinds.cpp"
        "${CMAKE_BINARY_DIR}/generated/core/api/schema/table.cpp")
      set_source_files_properties("${CMAKE_BINARY_DIR}/generated/core/api/schema/table.cpp"
        PROPERTIES GENERATED TRUE)
    endif()
    if(sources)
      set(scope PUBLIC)
      add_library(pilothouse_${name} STATIC ${sources})
    else()
      set(scope INTERFACE)
      add_library(pilothouse_${name} INTERFACE)
    endif()
    get_property(earlier GLOBAL PROPERTY PILOTHOUSE_ROOMS)
    list(REVERSE earlier)
    target_link_libraries(pilothouse_${name} ${scope} pilothouse_options ${earlier} nlohmann-json yaml-cpp)
    set_property(GLOBAL APPEND PROPERTY PILOTHOUSE_ROOMS pilothouse_${name})
    string(TOUPPER "PILOTHOUSE_${name}_SCOPE" scope_name)
    set(${scope_name} ${scope} PARENT_SCOPE)
  endforeach()
endfunction()

# The list of core/api/kinds: a kind is a file there, and nothing else names it.
function(pilothouse_kind_list)
  file(GLOB kinds CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/core/api/kinds"
    "${CMAKE_SOURCE_DIR}/core/api/kinds/*.cpp")
  list(SORT kinds)
  set(declared "")
  set(listed "")
  foreach(file IN LISTS kinds)
    get_filename_component(kind "${file}" NAME_WE)
    string(APPEND declared "extern const Kind ${kind};\n")
    string(APPEND listed "    &kinds::${kind},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/core/api/kinds.cpp" CONTENT
"// Made by the build from the files of core/api/kinds.
#include \"core/api/kind.hpp\"

namespace pilothouse::api {

namespace kinds {
@declared@}

std::span<const Kind* const> listedKinds();
std::span<const Kind* const> listedKinds() {
  static constexpr const Kind* kListed[] = {
@listed@  };
  return kListed;
}

}  // namespace pilothouse::api
" @ONLY)
endfunction()

# The table of Kubernetes' types, made at build time from the published API sources.
function(pilothouse_schema_table)
  set(generator "${CMAKE_SOURCE_DIR}/core/api/schema/generate.py")
  set(table "${CMAKE_BINARY_DIR}/generated/core/api/schema/table.cpp")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/core/api")
  if(EXISTS "${generator}")
    file(GLOB helpers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/core/api/schema/*.py")
    file(GLOB kinds CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/core/api/kinds/*.cpp")
    add_custom_command(
      OUTPUT "${table}"
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_BINARY_DIR}/generated/core/api/schema"
      COMMAND python3 "${generator}" --api "${k8s-api_dir}" --apimachinery "${k8s-apimachinery_dir}"
              --kinds "${CMAKE_SOURCE_DIR}/core/api/kinds" --output "${table}"
      DEPENDS "${generator}" ${helpers} ${kinds} "${CMAKE_SOURCE_DIR}/cmake/dependencies.txt"
      COMMENT "Reading the Kubernetes API types" VERBATIM)
  endif()
endfunction()
