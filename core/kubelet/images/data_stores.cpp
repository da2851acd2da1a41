#include "core/kubelet/images/image_catalogue.hpp"
#include "core/kubelet/images/program.hpp"

namespace pilothouse::kubelet {
namespace {

using Protocol = Image::Protocol;
using Userland = Image::Userland;

ServerAnswer memcached(const ServerRequest&) { return {0, "VERSION 1.6"}; }
ServerAnswer mysql(const ServerRequest&) { return {0, "mysql_native_password"}; }
ServerAnswer silent(const ServerRequest&) { return {0, ""}; }

constexpr std::string_view kRedisLog =
    "1:C * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n"
    "1:M * Running mode=standalone, port=6379.\n"
    "1:M * Server initialized\n"
    "1:M * Ready to accept connections tcp";
constexpr std::string_view kReplicaLog =
    "1:C * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n1:S * Server initialized\n"
    "1:S * Ready to accept connections tcp";
constexpr std::string_view kMySqlLog =
    "[Note] [Entrypoint]: Entrypoint script for MySQL Server started.\n"
    "[Note] [Entrypoint]: Initializing database files\n"
    "[System] [Server] /usr/sbin/mysqld: ready for connections. port: 3306  MySQL Community Server - GPL.";
constexpr std::string_view kPostgresLog =
    "PostgreSQL init process complete; ready for start up.\n"
    "LOG:  listening on IPv4 address \"0.0.0.0\", port 5432\n"
    "LOG:  database system is ready to accept connections";
constexpr std::string_view kCassandraLog =
    "INFO  [main] StorageService.java - Cassandra version: 3.11\n"
    "INFO  [main] StorageService.java - JOINING: Finish joining ring\n"
    "INFO  [main] Server.java - Starting listening for CQL clients on /0.0.0.0:9042";

constexpr Image kImages[] = {
    {.repository = "docker.io/library/redis",
     .tags = "latest 2..8",
     .variants = "alpine bookworm bullseye buster stretch 32bit",
     .sizeBytes = 45'000'000,
     .startupMs = 80,
     .ports = "6379",
     .programs = "redis-server docker-entrypoint.sh",
     .log = kRedisLog,
     .protocol = Protocol::Tcp,
     .serve = serveRedis,
     .act = replicateRedis},
    {.repository = "registry.k8s.io/redis",
     .tags = "e2e v1 v2",
     .sizeBytes = 149'000'000,
     .startupMs = 150,
     .ports = "6379",
     .programs = "redis-server entrypoint.sh",
     .log = kRedisLog,
     .protocol = Protocol::Tcp,
     .serve = serveRedis,
     .act = replicateRedis},
    {.repository = "*/gb-redisslave",
     .tags = "v1 v2 v3 latest",
     .sizeBytes = 42'000'000,
     .startupMs = 200,
     .ports = "6379",
     .programs = "redis-server run.sh",
     .log = kReplicaLog,
     .protocol = Protocol::Tcp,
     .serve = serveRedis,
     .act = replicateRedis},
    {.repository = "*/gb-redis-follower",
     .tags = "v1 v2 latest",
     .sizeBytes = 42'000'000,
     .startupMs = 200,
     .ports = "6379",
     .programs = "redis-server run.sh",
     .log = kReplicaLog,
     .protocol = Protocol::Tcp,
     .serve = serveRedis,
     .act = replicateRedis},
    {.repository = "docker.io/library/memcached",
     .tags = "latest 1 1.4..6",
     .variants = "alpine bookworm",
     .sizeBytes = 31'000'000,
     .startupMs = 50,
     .ports = "11211",
     .programs = "memcached docker-entrypoint.sh",
     .protocol = Protocol::Tcp,
     .answer = memcached},
    {.repository = "docker.io/library/mysql",
     .tags = "latest lts innovation 5 5.5..7 8..9",
     .variants = "debian oracle oraclelinux9",
     .sizeBytes = 170'000'000,
     .startupMs = 6000,
     .ports = "3306",
     .programs = "mysqld docker-entrypoint.sh",
     .log = kMySqlLog,
     .needsVariable = "MYSQL_ROOT_PASSWORD MYSQL_ALLOW_EMPTY_PASSWORD MYSQL_RANDOM_ROOT_PASSWORD",
     .needsLog = "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n"
                 "    You need to specify one of the following as an environment variable:\n"
                 "    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n"
                 "    - MYSQL_RANDOM_ROOT_PASSWORD",
     .protocol = Protocol::Tcp,
     .stopMs = 1500,
     .answer = mysql},
    {.repository = "docker.io/library/mariadb",
     .tags = "latest lts 10..12",
     .variants = "jammy noble focal ubi",
     .sizeBytes = 122'000'000,
     .startupMs = 4000,
     .ports = "3306",
     .programs = "mariadbd mysqld docker-entrypoint.sh",
     .log = kMySqlLog,
     .needsVariable = "MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD MARIADB_ALLOW_EMPTY_ROOT_PASSWORD "
                      "MARIADB_RANDOM_ROOT_PASSWORD",
     .needsLog = "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",
     .protocol = Protocol::Tcp,
     .stopMs = 1000,
     .answer = mysql},
    {.repository = "docker.io/library/postgres",
     .tags = "latest 9..18",
     .variants = "alpine bookworm bullseye trixie",
     .sizeBytes = 157'000'000,
     .startupMs = 2500,
     .ports = "5432",
     .programs = "postgres docker-entrypoint.sh",
     .log = kPostgresLog,
     .needsVariable = "POSTGRES_PASSWORD POSTGRES_HOST_AUTH_METHOD",
     .needsLog = "Error: Database is uninitialized and superuser password is not specified.\n"
                 "       You must specify POSTGRES_PASSWORD to a non-empty value for the\n"
                 "       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\".",
     .protocol = Protocol::Tcp,
     .stopMs = 300,
     .answer = silent},
    {.repository = "docker.io/library/mongo",
     .tags = "latest 3..8",
     .variants = "jammy noble focal",
     .sizeBytes = 290'000'000,
     .startupMs = 1500,
     .ports = "27017",
     .programs = "mongod docker-entrypoint.sh",
     .protocol = Protocol::Tcp,
     .answer = silent},
    {.repository = "docker.io/library/rabbitmq",
     .tags = "latest 3..4",
     .variants = "management alpine",
     .sizeBytes = 102'000'000,
     .startupMs = 5000,
     .ports = "5672 15672",
     .programs = "rabbitmq-server docker-entrypoint.sh",
     .stopMs = 2000},
    {.repository = "docker.io/library/zookeeper",
     .tags = "latest 3.4..9",
     .sizeBytes = 120'000'000,
     .startupMs = 2000,
     .ports = "2181 2888 3888 8080",
     .protocol = Protocol::Tcp,
     .stopExitCode = 143,
     .answer = silent},
    {.repository = "docker.io/library/elasticsearch",
     .tags = "5..9",
     .sizeBytes = 620'000'000,
     .startupMs = 12000,
     .ports = "9200 9300",
     .stopExitCode = 143,
     .stopMs = 2000},
    {.repository = "docker.io/library/cassandra",
     .tags = "latest 2..5",
     .sizeBytes = 160'000'000,
     .startupMs = 20000,
     .ports = "7000 7001 7199 9042",
     .programs = "cassandra docker-entrypoint.sh",
     .log = kCassandraLog,
     .protocol = Protocol::Tcp,
     .stopExitCode = 143,
     .stopMs = 2000,
     .answer = silent},
    {.repository = "*/google-samples/cassandra",
     .tags = "v11 v12 v13 v14 v15 latest",
     .sizeBytes = 200'000'000,
     .startupMs = 20000,
     .ports = "7000 7001 7199 9042",
     .programs = "run.sh cassandra",
     .log = kCassandraLog,
     .protocol = Protocol::Tcp,
     .stopExitCode = 143,
     .stopMs = 2000,
     .answer = silent},
};

}  // namespace

std::span<const Image> dataStoreImages() { return kImages; }

}  // namespace pilothouse::kubelet
