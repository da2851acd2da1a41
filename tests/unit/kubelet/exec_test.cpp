// kubectl exec and attach: commands in running containers.
#include "tests/unit/kubelet/streams_fixture.hpp"

namespace pilothouse::kubelet {
namespace {

using namespace std::chrono_literals;

struct ExecFixture : StreamsFixture {
  ExecFixture() {
    createPod("box",
              "  - name: app\n    image: busybox\n    command: [sleep, infinity]\n"
              "    env: [{name: GREETING, value: hello}]\n");
    createPod("web", "  - {name: nginx, image: nginx}\n");
    until("box", "Running 1/1");
    until("web", "Running 1/1");
  }
};

TEST_CASE("A command's output and exit code come back") {
  ExecFixture node;
  const auto ok = node.exec("box", {"echo", "hello", "world"});
  CHECK(ok->started.code == 101);
  CHECK(ok->out == "hello world\n");
  CHECK(ok->exitCode() == 0);
  const auto bad = node.exec("box", {"sh", "-c", "echo out; echo err >&2; exit 3"});
  CHECK(bad->out == "out\n");
  CHECK(bad->err == "err\n");
  CHECK(bad->exitCode() == 3);
  CHECK(bad->status[keys::message].asString() ==
        "command terminated with non-zero exit code: command terminated with exit code 3");
  CHECK(node.exec("box", {"printenv", "GREETING"})->out == "hello\n");
  CHECK(node.exec("box", {"sh", "-c", "echo $0 $1", "name", "argument"})->out == "sh argument\n");
  CHECK(node.exec("box", {"sh", "-c", "nosuch"})->exitCode() == 127);
}

TEST_CASE("What cannot be executed is said in runc's words") {
  ExecFixture node;
  const auto missing = node.exec("box", {"nosuch", "-x"});
  CHECK(missing->started.code == 101);
  CHECK(missing->exitCode() == -1);
  CHECK(missing->status[keys::reason].asString() == "InternalError");
  const std::string message = missing->message();
  CHECK(message.rfind("Internal error occurred: Internal error occurred: error executing command in "
                      "container: failed to exec in container: failed to start exec \"",
                      0) == 0);
  CHECK(message.find("\": OCI runtime exec failed: exec failed: unable to start container process: exec: "
                     "\"nosuch\": executable file not found in $PATH: unknown") != std::string::npos);
  CHECK(node.exec("box", {"bash"})->message().find("exec: \"bash\": executable file not found in $PATH") !=
        std::string::npos);
  CHECK(node.exec("web", {"/bin/nosuch"})
            ->message()
            .find("exec: \"/bin/nosuch\": stat /bin/nosuch: no such file "
                  "or directory: unknown") != std::string::npos);
}

TEST_CASE("Refusals before a command begins") {
  ExecFixture node;
  CHECK(node.exec("nobody", {"ls"})->started.code == 404);
  const auto none = node.exec("box", {});
  CHECK(none->started.code == 422);
  CHECK(none->message() == "PodExecOptions \"box\" is invalid: command: Required value");
  node.createPod("done", "  - {name: app, image: busybox, command: ['true']}\n", "  restartPolicy: Never\n");
  node.until("done", "Completed 0/1");
  CHECK(node.exec("done", {"ls"})->message() ==
        "Internal error occurred: unable to upgrade connection: container not found (\"app\")");
  node.create(api::resources::pods,
              "apiVersion: v1\nkind: Pod\nmetadata: {name: waiting, namespace: default}\n"
              "spec:\n  containers:\n  - {name: app, image: nginx}\n");
  const auto waiting = node.exec("waiting", {"ls"});
  CHECK(waiting->started.code == 400);
  CHECK(waiting->message() == "pod waiting does not have a host assigned");
  node.kubelet->stop();
  node.network.setUp(node.kubeletId, false);
  CHECK(node.exec("box", {"ls", "-l"})->message() ==
        "Internal error occurred: error sending request: Post "
        "\"https://172.18.0.3:10250/exec/default/box/app?command=ls&command=-l&error=1&output=1\": dial tcp "
        "172.18.0.3:10250: connect: connection refused");
}

TEST_CASE("Commands take the time that they take") {
  ExecFixture node;
  const auto slow = node.exec("box", {"sh", "-c", "echo a; sleep 5; echo b"});
  CHECK(slow->out == "a\n");
  CHECK_FALSE(slow->closed);
  node.run(5s);
  CHECK(slow->out == "a\nb\n");
  CHECK(slow->exitCode() == 0);

  const auto killed = node.exec("box", {"sleep", "1000"});
  node.kubelet->killContainer("default", "box", "app", 137);
  node.run(100ms);
  CHECK(killed->exitCode() == 137);
}

TEST_CASE("kill 1 ends a server, but not a process 1 that handles no signal") {
  ExecFixture node;
  CHECK(node.exec("box", {"sh", "-c", "kill 1; kill -9 1"})->exitCode() == 0);
  CHECK(node.exec("web", {"sh", "-c", "kill -9 1"})->exitCode() == 0);
  node.run(2s);
  CHECK(node.container(node.pod("web"))["restartCount"].asInt() == 0);
  node.exec("web", {"sh", "-c", "kill 1"});
  node.run(5s);
  CHECK(node.container(node.pod("web"))["restartCount"].asInt() == 1);
  CHECK(node.container(node.pod("box"))["restartCount"].asInt() == 0);
  CHECK(node.shown("web") == "Running 1/1");
}

TEST_CASE("stdin reaches the command, and so does its end") {
  ExecFixture node;
  const auto cat = node.open("box", "exec",
                             StreamsFixture::execOptions({"sh", "-c", "cat > /tmp/x; wc -l < /tmp/x"}, true));
  cat->type("one\n");  // before the container's runtime has answered
  node.run(200ms);
  cat->type("two\n");
  node.run(200ms);
  CHECK_FALSE(cat->closed);
  cat->stream->endStdin();
  node.run(200ms);
  CHECK(cat->out == "2\n");
  CHECK(cat->exitCode() == 0);
  CHECK(node.exec("box", {"cat", "/tmp/x"})->out == "one\ntwo\n");

  const auto script = node.open("box", "exec", StreamsFixture::execOptions({"sh"}, true));
  script->type("x=4\nfor i in 1 2\ndo echo $i\ndone\nexit $x\n");
  node.run(200ms);
  CHECK(script->out == "1\n2\n");
  CHECK(script->exitCode() == 4);
}

TEST_CASE("A shell in a terminal prompts, echoes and remembers") {
  ExecFixture node;
  const auto shell = node.open("box", "exec", StreamsFixture::execOptions({"sh"}, true, true));
  node.run(200ms);
  CHECK(shell->out == "/ # ");
  shell->type("echo $GREETINX\x7fG\r");
  node.run(200ms);
  CHECK(shell->out == "/ # echo $GREETINX\b \bG\r\nhello\r\n/ # ");
  shell->out.clear();
  shell->type("cd /tmp\r");
  shell->type("x=1\rsleep 100\r");
  node.run(1s);
  CHECK(shell->out == "cd /tmp\r\nx=1\r\nsleep 100\r\n/tmp # /tmp # ");
  shell->out.clear();
  shell->type("\x03");
  node.run(200ms);
  CHECK(shell->out == "^C\r\n/tmp # ");
  shell->out.clear();
  shell->type("echo $x $?\r");
  node.run(200ms);
  CHECK(shell->out == "echo $x $?\r\n1 130\r\n/tmp # ");
  shell->out.clear();
  shell->type("\x1b[A\x1b[A\x1b[B\r");
  node.run(200ms);
  CHECK(shell->out.find("echo $x $?\r\n1 0\r\n") != std::string::npos);
  shell->type("\x04");
  node.run(200ms);
  CHECK(shell->closed);
  CHECK(shell->exitCode() == 0);
}

TEST_CASE("A pod's ServiceAccount is there to be read") {
  ExecFixture node;
  const std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  // Nobody has asked for the token until somebody looks.
  CHECK(node.messages(MessageKind::Request, "create", "serviceaccounts") == 0);
  CHECK(node.exec("box", {"cat", folder + "/namespace"})->out == "default");
  const auto token = node.exec("box", {"cat", folder + "/token"});
  CHECK(token->exitCode() == 0);
  CHECK(std::count(token->out.begin(), token->out.end(), '.') == 2);
  CHECK(node.messages(MessageKind::Request, "create", "serviceaccounts") == 1);

  SUBCASE("A program that names the folder has it when it starts") {
    node.createPod("reader",
                   "  - name: app\n    image: busybox\n    command: [sh, -c, 'wc -l " + folder +
                       "/namespace; cat " + folder + "/namespace']\n",
                   "  restartPolicy: Never\n");
    node.until("reader", "Completed 0/1");
    CHECK(node.logs("reader")->out.find("default") != std::string::npos);
  }
  SUBCASE("A pod that wants none has none") {
    node.createPod("none", "  - {name: app, image: busybox, command: [sleep, infinity]}\n",
                   "  automountServiceAccountToken: false\n");
    node.until("none", "Running 1/1");
    CHECK(node.exec("none", {"ls", folder})->exitCode() == 1);
  }
}

TEST_CASE("Containers have the files of their image") {
  ExecFixture node;
  CHECK(node.exec("web", {"cat", "/usr/share/nginx/html/index.html"})->out.find("Welcome to nginx!") !=
        std::string::npos);
  CHECK(node.exec("web",
                  {"sh", "-c",
                   "cd /usr/share/nginx; ls html; echo mine > html/index.html; cat html/../html/index.html"})
            ->out == "50x.html\nindex.html\nmine\n");
  CHECK(node.exec("web", {"nginx", "-t"})->err.find("test is successful") != std::string::npos);
  CHECK(node.exec("web", {"ps"})->message().find("executable file not found") != std::string::npos);
  CHECK(node.exec("box", {"sh", "-c", "ps | head -n 2"})->out ==
        "PID   USER     TIME  COMMAND\n    1 root      0:00 sleep infinity\n");
  CHECK(node.exec("box", {"ls", "/nosuch"})->err == "ls: /nosuch: No such file or directory\n");
  CHECK(node.exec("box", {"sh", "-c", "cd /nosuch"})->exitCode() == 1);
  CHECK(node.exec("box", {"cat", "/etc/hosts"})->out.find("\tbox\n") != std::string::npos);
  CHECK(node.exec("box", {"sh", "-c", "echo $KUBERNETES_SERVICE_HOST"})->out == "10.96.0.1\n");
}

TEST_CASE("Filters do what they are used for") {
  ExecFixture node;
  const auto sh = [&](const std::string& text) { return node.exec("box", {"sh", "-c", text})->out; };
  CHECK(sh("echo -n hello | base64") == "aGVsbG8=\n");
  CHECK(sh("echo aGVsbG8= | base64 -d") == "hello");
  CHECK(sh("echo a:b:c | cut -d: -f2") == "b\n");
  CHECK(sh("echo abcdef | cut -c2-3") == "bc\n");
  CHECK(sh("echo 'one two  three' | awk '{print $3, $1}'") == "three one\n");
  CHECK(sh("echo one two | sed 's/o/0/g'") == "0ne tw0\n");
  CHECK(sh("echo abc | tr a-c A-C") == "ABC\n");
}

TEST_CASE("Attach shows what comes from then on") {
  StreamsFixture node;
  node.createPod("counter",
                 "  - name: app\n    image: busybox\n"
                 "    command: [sh, -c, 'i=0; while true; do i=$((i+1)); echo $i; sleep 10; done']\n");
  node.until("counter", "Running 1/1");
  node.run(5s);
  const auto attached = node.open("counter", "attach", StreamsFixture::execOptions({}));
  node.run(11s);
  CHECK(attached->started.code == 101);
  CHECK(attached->out == "2\n");
}

TEST_CASE("kubectl run -it: the main process is a shell that reads what is typed") {
  StreamsFixture node;
  node.createPod("debug", "  - {name: app, image: busybox, stdin: true, stdinOnce: true, tty: true}\n",
                 "  restartPolicy: Never\n");
  node.until("debug", "Running 1/1");
  const auto shell = node.open("debug", "attach", StreamsFixture::execOptions({}, true, true));
  node.run(200ms);
  CHECK(shell->out == "/ # ");
  shell->type("hostname\r");
  node.run(200ms);
  CHECK(shell->out == "/ # hostname\r\ndebug\r\n/ # ");
  CHECK(node.logs("debug")->out.find("debug\r\n") != std::string::npos);
  shell->type("exit 5\r");
  node.run(2s);
  CHECK(shell->closed);
  CHECK(node.shown("debug") == "Error 0/1");
  CHECK(node.container(node.pod("debug"))["state"]["terminated"]["exitCode"].asInt() == 5);
}

}  // namespace
}  // namespace pilothouse::kubelet
