# The WebAssembly module and its loader: build/wasm/pilothouse.{wasm,js}.

file(GLOB module_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.cpp")
add_executable(pilothouse ${module_sources} "${imgui_dir}/backends/imgui_impl_opengl3.cpp")
set_source_files_properties("${imgui_dir}/backends/imgui_impl_opengl3.cpp" PROPERTIES COMPILE_OPTIONS "-w")
target_link_libraries(pilothouse PRIVATE pilothouse_web)
# EM_JS declares variadic-looking macros with dollar names.
target_compile_options(pilothouse PRIVATE -Wno-dollar-in-identifier-extension
  -Wno-gnu-zero-variadic-macro-arguments)
target_link_options(pilothouse PRIVATE
  -sMODULARIZE=1 -sEXPORT_NAME=createPilothouse -sENVIRONMENT=web,worker -sFILESYSTEM=0
  -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2
  -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=64MB -sMAXIMUM_MEMORY=4GB -sTOTAL_STACK=4MB
  -sEXPORTED_FUNCTIONS=_malloc,_free -sEXPORTED_RUNTIME_METHODS=ccall
  --no-entry)
