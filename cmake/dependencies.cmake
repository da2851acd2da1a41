# Third-party sources: pinned and checked, unpacked in PILOTHOUSE_DEPS (Debian) or fetched from upstream.

if(PILOTHOUSE_FETCH STREQUAL "auto")
  find_program(PILOTHOUSE_APT_GET apt-get)
  if(PILOTHOUSE_APT_GET)
    set(fetch_from debian)
  else()
    set(fetch_from upstream)
  endif()
else()
  set(fetch_from "${PILOTHOUSE_FETCH}")
endif()

if(fetch_from STREQUAL "debian")
  execute_process(
    COMMAND python3 "${CMAKE_SOURCE_DIR}/cmake/debian_sources.py"
            --manifest "${CMAKE_SOURCE_DIR}/cmake/dependencies.txt" --output "${PILOTHOUSE_DEPS}"
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The third-party sources are not complete.")
  endif()
  foreach(name imgui yaml-cpp doctest nlohmann-json k8s-api k8s-apimachinery)
    set(${name}_dir "${PILOTHOUSE_DEPS}/${name}")
  endforeach()
else()
  include(upstream_sources)
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/cmake/dependencies.txt")

# Others' code is compiled once, without our warnings; its headers are system headers to ours.
file(GLOB yaml_cpp_sources "${yaml-cpp_dir}/src/*.cpp")
add_library(yaml-cpp STATIC ${yaml_cpp_sources})
target_include_directories(yaml-cpp SYSTEM PUBLIC "${yaml-cpp_dir}/include")
target_compile_definitions(yaml-cpp PUBLIC YAML_CPP_STATIC_DEFINE)

add_library(imgui STATIC
  "${imgui_dir}/imgui.cpp" "${imgui_dir}/imgui_draw.cpp" "${imgui_dir}/imgui_tables.cpp"
  "${imgui_dir}/imgui_widgets.cpp")
target_include_directories(imgui SYSTEM PUBLIC "${imgui_dir}" "${imgui_dir}/backends")
target_compile_definitions(imgui PUBLIC IMGUI_DISABLE_DEMO_WINDOWS IMGUI_DISABLE_DEBUG_TOOLS
  IMGUI_DISABLE_OBSOLETE_FUNCTIONS IMGUI_DISABLE_FILE_FUNCTIONS
  "ImDrawIdx=unsigned int")  # thousands of nodes are more than 65,536 vertices, and WebGL2 has no base vertex

foreach(library yaml-cpp imgui)
  target_compile_options(${library} PRIVATE -w)
endforeach()
if(EMSCRIPTEN)
  target_compile_options(yaml-cpp PRIVATE -fexceptions -Oz)
  target_compile_options(imgui PRIVATE -Oz)
endif()

add_library(nlohmann-json INTERFACE)
target_include_directories(nlohmann-json SYSTEM INTERFACE "${nlohmann-json_dir}/include")
add_library(doctest INTERFACE)
target_include_directories(doctest SYSTEM INTERFACE "${doctest_dir}")
