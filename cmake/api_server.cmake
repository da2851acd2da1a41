# pilothouse_server, the program pilothouse_api: a simulated cluster behind HTTP, for kubectl and other clients.
# It needs Boost (headers) and OpenSSL, which the rest of the build does not: without them there is no such
# target.

find_package(Boost 1.74 QUIET)
find_package(OpenSSL 3 QUIET)
find_package(Threads QUIET)
if(Boost_FOUND AND OPENSSL_FOUND AND Threads_FOUND)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/conformance/server/*.cpp")
  add_executable(pilothouse_server ${sources})
  set_target_properties(pilothouse_server PROPERTIES OUTPUT_NAME pilothouse_api)
  target_link_libraries(pilothouse_server PRIVATE pilothouse_http OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  target_include_directories(pilothouse_server SYSTEM PRIVATE ${Boost_INCLUDE_DIRS})
  # One thread owns everything, and the front must not need Boost's compiled libraries.
  target_compile_definitions(pilothouse_server PRIVATE BOOST_ASIO_DISABLE_THREADS BOOST_ERROR_CODE_HEADER_ONLY
    BOOST_BEAST_USE_STD_STRING_VIEW)
  # Templates upon templates: optimised and instrumented they would take minutes to compile, for nothing.
  target_compile_options(pilothouse_server PRIVATE -O0 -fno-sanitize=undefined)
endif()
