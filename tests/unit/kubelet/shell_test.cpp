#include <doctest/doctest.h>

#include "core/kubelet/shell/machine.hpp"

namespace pilothouse::kubelet::shell {
namespace {

using namespace std::chrono_literals;

/// Answers on one name and port, refuses others.
class OneServer : public ContainerNetwork {
 public:
  Reply connect(const Caller&, std::string_view host, std::int64_t port, std::string_view path) override {
    ++calls;
    Reply reply;
    if (host != "web") {
      reply.outcome = Reply::Outcome::UnknownHost;
    } else if (port != 80) {
      reply.outcome = Reply::Outcome::Refused;
      reply.address = "10.96.0.7";
    } else {
      reply.status = path == "/missing" ? 404 : 200;
      reply.body = "hello from " + std::string(path);
    }
    return reply;
  }
  void request(const Caller& from, std::string_view host, std::int64_t port, Payload payload, SimDuration,
               std::function<void(Reply)> done) override {
    done(connect(from, host, port, payload.path));
  }
  std::vector<std::string> resolve(const Caller&, std::string_view name) override {
    return name == "web" ? std::vector<std::string>{"10.96.0.7"} : std::vector<std::string>();
  }
  int calls = 0;
};

struct Run {
  std::string log;
  int exitCode = -1;
  SimDuration took{};
  Machine::Stop stop{};
};

struct Shell {
  PodFiles files;
  OneServer network;
  Value spec = Value::object({{Key::intern("name"), "c"}});
  Value variables = Value::array(
      {Value::object({{Key::intern("name"), "GREETING"}, {Key::intern("value"), "hello world"}})});

  Environment environment() {
    Environment made(ContainerFiles(&files, spec));
    made.variables = &variables;
    made.network = &network;
    made.hostname = "pod-1";
    return made;
  }
  Run run(std::string_view text, SimDuration limit = 24h, std::uint32_t instructions = 20000) {
    const Parsed parsed = parse(text);
    INFO(parsed.error);
    REQUIRE(parsed.script != nullptr);
    Machine machine(parsed.script, kSimulationStart);
    Environment made = environment();
    Run result;
    result.stop = machine.run(made, kSimulationStart + limit, instructions);
    for (const LogLine& line : machine.log()) result.log += line.text + "\n";
    result.exitCode = machine.ended() ? machine.exitCode() : -1;
    result.took = machine.clock() - kSimulationStart;
    return result;
  }
  std::string log(std::string_view text) { return run(text).log; }
  int code(std::string_view text) { return run(text).exitCode; }
};

}  // namespace

TEST_CASE("commands, quotes and variables") {
  Shell shell;
  CHECK(shell.log("echo hello") == "hello\n");
  CHECK(shell.log("echo 'a  b' \"$GREETING\" $GREETING; echo ${MISSING:-none} ${#GREETING}") ==
        "a  b hello world hello world\nnone 11\n");
  CHECK(shell.log("A=1; B=$((A + 2 * 3)); echo $B $((B > 6 && 1)) $(( (1+2)*3 ))") == "7 1 9\n");
  CHECK(shell.log("X=$(echo in; echo side); echo \"[$X]\"") == "[in\nside]\n");
  CHECK(shell.log("echo `hostname` $HOSTNAME") == "pod-1 pod-1\n");
  CHECK(shell.log("echo -n a; echo b; printf '%s-%d\\n' x 5") == "ab\nx-5\n");
  CHECK(shell.log("F=/etc/app/conf.txt; echo ${F##*/} ${F%.txt} ${F%/*}") ==
        "conf.txt /etc/app/conf /etc/app\n");
  CHECK(shell.log("echo '# no comment' # a comment") == "# no comment\n");
  CHECK(shell.log("date") == "Thu Jan  1 00:00:00 UTC 2026\n");
  CHECK(shell.log("date +%F") == "2026-01-01\n");
}

TEST_CASE("conditions, loops and functions") {
  Shell shell;
  CHECK(shell.log("if [ 1 -eq 1 ]; then echo yes; else echo no; fi") == "yes\n");
  CHECK(shell.log("if false; then echo a; elif true; then echo b; else echo c; fi") == "b\n");
  CHECK(shell.log("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done") == "1\n3\n");
  CHECK(shell.log("i=0; while true; do i=$((i+1)); [ $i -ge 3 ] && break; done; echo $i") == "3\n");
  CHECK(shell.log("n=0; until [ $n -eq 2 ]; do n=`expr $n + 1`; echo $n; done") == "1\n2\n");
  CHECK(shell.log("case abc in x*) echo x;; a*|b*) echo ab;; *) echo other;; esac") == "ab\n");
  CHECK(shell.log("greet() { echo hi $1; return 4; }\ngreet you; echo $?") == "hi you\n4\n");
  CHECK(shell.log("true && echo a || echo b; false && echo a || echo b; ! false && echo c") == "a\nb\nc\n");
  CHECK(shell.log("for i in $(seq 1 3); do case $i in 2) break;; esac; echo $i; done; echo end") ==
        "1\nend\n");
  CHECK(shell.log("[[ -n $GREETING && abc == a* ]] && echo both") == "both\n");
  CHECK(shell.log("{ echo a; echo b; } | while read line; do echo \"<$line>\"; done") == "<a>\n<b>\n");
}

TEST_CASE("exit codes") {
  Shell shell;
  CHECK(shell.code("exit 3") == 3);
  CHECK(shell.code("false") == 1);
  CHECK(shell.code("true; false; true") == 0);
  CHECK(shell.code("no-such-command") == 127);
  CHECK(shell.code("set -e; false; echo never") == 1);
  CHECK(shell.code("set -e; if false; then :; fi; false || true; exit 5") == 5);
  CHECK(shell.code("sh -c 'exit 9'") == 9);
  CHECK(shell.code("cat /nowhere") == 1);
  CHECK(shell.code("exit 256") == 0);
}

TEST_CASE("files are written, read and taken away") {
  Shell shell;
  CHECK(shell.log("echo one > /tmp/a; echo two >> /tmp/a; cat /tmp/a; wc -l < /tmp/a; rm /tmp/a; cat /tmp/a "
                  "2>/dev/null "
                  "|| echo gone") == "one\ntwo\n2\ngone\n");
  CHECK(shell.log("mkdir -p /data; touch /data/x /data/y; ls /data; [ -f /data/x ] && echo there") ==
        "x\ny\nthere\n");
  CHECK(shell.log("for i in 1 2; do echo $i; done > /tmp/f; echo quiet > /dev/null; cat /tmp/f | tail -1") ==
        "2\n");
  CHECK(shell.log("cat <<EOF\nhello $GREETING\nEOF\n") == "hello hello world\n");
  CHECK(shell.log("echo err >&2; cat /nope 2>&1 | grep -c such") == "err\n1\n");
}

TEST_CASE("sleep takes virtual time, not work") {
  Shell shell;
  const Run run = shell.run("echo a; sleep 30; echo b; sleep 1.5");
  CHECK(run.took > 31500ms);
  CHECK(run.took < 31600ms);
  CHECK(run.exitCode == 0);
  CHECK(shell.run("while true; do date; sleep 5; done", 60s).stop == Machine::Stop::Waiting);
  CHECK(shell.run("sleep infinity").stop == Machine::Stop::Waiting);
  CHECK(shell.run("tail -f /dev/null").stop == Machine::Stop::Waiting);
  CHECK(shell.run("(sleep 100; echo late) & echo now").log == "now\n");
}

TEST_CASE("a program's log is bounded") {
  Shell shell;
  const Run run = shell.run("i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done");
  CHECK(run.exitCode == 0);
  CHECK(run.log.substr(0, 4) == "800\n");
  CHECK(run.log.substr(run.log.size() - 4) == "999\n");
}

TEST_CASE("others are asked over the network, but not while looking ahead") {
  Shell shell;
  CHECK(shell.log("wget -q -O- http://web/index") == "hello from /index\n");
  CHECK(shell.log("curl -s web") == "hello from /\n");
  CHECK(shell.code("wget -q http://nobody") == 1);
  CHECK(shell.log("wget http://nobody") == "wget: bad address 'nobody'\n");
  CHECK(shell.code("curl -s http://nobody") == 6);
  CHECK(shell.code("curl -s http://web:81") == 7);
  CHECK(shell.code("curl -f http://web/missing") == 22);
  CHECK(shell.code("nc -z web 80") == 0);
  CHECK(shell.code("nc -z -w 2 web 81") == 1);
  CHECK(shell.log("until nslookup web >/dev/null; do echo waiting; sleep 2; done; echo found") == "found\n");

  const int before = shell.network.calls;
  Machine machine(parse("echo first; wget -q -O- http://web").script, kSimulationStart);
  Environment ahead = shell.environment();
  ahead.lookAhead = true;
  CHECK(machine.run(ahead, SimTime::max() - 1h, 1000) == Machine::Stop::AtNetwork);
  CHECK(shell.network.calls == before);
}

TEST_CASE("what a shell cannot read is an error in its words") {
  CHECK(parse("if true; then").error == "syntax error: unexpected end of file");
  CHECK(parse("done").error == "syntax error: unexpected \"done\"");
  CHECK(parse("echo 'open").error == "syntax error: unterminated quoted string");
  CHECK(parse("echo | | cat").error == "syntax error: unexpected \"|\"");
  CHECK(parse("for in; do").error.substr(0, 12) == "syntax error");
  CHECK(parse("echo $(").error.substr(0, 12) == "syntax error");
  CHECK(parse("case x in").error.substr(0, 12) == "syntax error");
}

TEST_CASE("no script overflows the stack or runs on for ever") {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "(";
  CHECK_FALSE(parse(deep).error.empty());
  std::string nested = "echo x";
  for (int i = 0; i < 200; ++i) nested = "echo $(" + nested + ")";
  CHECK_FALSE(parse(nested).error.empty());
  std::string ifs;
  for (int i = 0; i < 5000; ++i) ifs += "if true; then ";
  CHECK_FALSE(parse(ifs).error.empty());
  Shell shell;
  CHECK(shell.run("while true; do :; done").stop == Machine::Stop::Budget);
  CHECK(shell.run("f() { f; }; f").exitCode == 2);
  CHECK(shell.run("x=a; while true; do x=$x$x; done").stop == Machine::Stop::Budget);
  CHECK(shell.run("echo $((9223372036854775807 + 1)) $((1/0)) $((-9223372036854775807 / -1)) $((((((1))))))")
            .exitCode == 0);
  CHECK(shell.run(std::string("echo $((") + std::string(3000, '-') + "1))").exitCode == 0);
  for (const char* odd : {"",
                          ";",
                          "\n\n",
                          "&",
                          "|",
                          "${",
                          "$",
                          "$$",
                          "a=",
                          "=a",
                          "\\",
                          "{",
                          "}",
                          "!",
                          "<",
                          ">",
                          "'",
                          "\"",
                          "`",
                          "break",
                          "continue",
                          "return",
                          "exit abc",
                          "[ ",
                          "[[",
                          "]]",
                          "case",
                          "esac",
                          "((",
                          "a() ",
                          "function",
                          "echo ${x:-${y}}",
                          "read",
                          "exec",
                          "eval '('",
                          "trap",
                          "kill",
                          "sleep",
                          "sleep x",
                          "head -n",
                          "seq 1 100000000",
                          "printf",
                          "printf %",
                          "test",
                          "expr 1 / 0",
                          "cat <<A",
                          "cat <<<",
                          "echo <",
                          ". /x",
                          "export",
                          "tee",
                          "cp a",
                          "nc",
                          "wget",
                          "curl"}) {
    CAPTURE(odd);
    const Parsed parsed = parse(odd);
    if (parsed.script == nullptr) continue;
    Machine machine(parsed.script, kSimulationStart);
    Environment made = shell.environment();
    machine.run(made, kSimulationStart + 1h, 5000);
  }
}

}  // namespace pilothouse::kubelet::shell
