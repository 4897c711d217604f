"""A broker that lets nobody in without a name: SASL/SCRAM-SHA-512 over TLS and mTLS, every right refused
that no rule gives. Its authority and all passwords are made anew, in its folder.

  with Secured(folder, ['gouji-parser', …]) as broker:
      broker.bootstrap                  # SASL_SSL        broker.bootstrap_mtls
      broker.login('gouji-parser')   # librdkafka's settings, secrets by file
"""
import secrets
import subprocess

import kafka
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=SASL_SSL://{host}:{port},SSL://{host}:{mtls},CONTROLLER://{host}:{controller}
advertised.listeners=SASL_SSL://{host}:{port},SSL://{host}:{mtls}
listener.security.protocol.map=SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL
controller.listener.names=CONTROLLER
inter.broker.listener.name=SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.both
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.ssl.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([^,]*).*$/$1/,DEFAULT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:admin
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2000000
"""


class Secured(kafka.Broker):
    def __init__(self, folder, users):
        super().__init__(folder)
        self.users = ['admin', *users]
        self.passwords = {user: secrets.token_hex(16) for user in self.users}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority('ca')
        for name in ('broker', *self.users):
            self.certificate(name, 'ca')
        (self.folder / 'broker.both').write_text((self.folder / 'broker.key').read_text() + (self.folder / 'broker.pem').read_text())
        for user in self.users:
            self.secret(f'{user}.password', self.passwords[user])

    def __enter__(self):
        self.format()
        self.start()
        return self

    def __exit__(self, *_):
        self.end()

    # --- certificates and secrets

    def secret(self, name, text):
        path = self.folder / name
        path.write_text(text + '\n')
        path.chmod(0o600)
        return path

    def openssl(self, *words):
        done = subprocess.run(['openssl', *map(str, words)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise kafka.Failed(f'openssl {words[0]}: {done.stderr}')

    def authority(self, name):
        self.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', 2, '-subj',
                     f'/CN={name}', '-keyout', f'{name}.key', '-out', f'{name}.pem')

    def certificate(self, name, authority):
        self.openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', f'/CN={name}', '-keyout',
                     f'{name}.key', '-out', f'{name}.csr')
        self.secret(f'{name}.ext', 'subjectAltName=IP:127.0.0.1,DNS:localhost')
        self.openssl('x509', '-req', '-in', f'{name}.csr', '-CA', f'{authority}.pem', '-CAkey', f'{authority}.key', '-days', 2,
                     '-extfile', f'{name}.ext', '-out', f'{name}.pem')
        (self.folder / f'{name}.key').chmod(0o600)

    # --- the broker

    @property
    def format_options(self):
        scram = [f'SCRAM-SHA-512=[name="{user}",password="{password}"]' for user, password in self.passwords.items()]
        return [word for one in scram for word in ('--add-scram', one)]

    def settings_text(self):
        self.port_mtls, controller, port = kafka.free_ports(3)
        return _SETTINGS.format(host='127.0.0.1', port=port, mtls=self.port_mtls, controller=controller, folder=self.folder)

    def answers(self):
        try:
            admin = AdminClient({**self.login('admin', file=False), 'bootstrap.servers': self.bootstrap, 'log_level': 2})
            return bool(admin.list_topics(timeout=3).brokers)
        except KafkaException:
            return False

    # --- its clients

    @property
    def bootstrap(self):
        return self.address

    @property
    def bootstrap_mtls(self):
        return f'127.0.0.1:{self.port_mtls}'

    def login(self, user, file=True):
        """SCRAM. With `file` the password stands in a file, as Gouji asks for it."""
        password = ({'sasl.password.file': self.folder / f'{user}.password'} if file else {'sasl.password': self.passwords[user]})
        return {'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.username': user,
                'ssl.ca.location': str(self.folder / 'ca.pem'), **password}

    def mtls(self, user):
        return {'security.protocol': 'SSL', 'ssl.ca.location': self.folder / 'ca.pem',
                'ssl.certificate.location': self.folder / f'{user}.pem', 'ssl.key.location': self.folder / f'{user}.key'}

    def admin_file(self):
        """For Kafka's own tools."""
        login = 'org.apache.kafka.common.security.scram.ScramLoginModule'
        return self.secret('admin.properties', f"""\
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config={login} required username="admin" password="{self.passwords['admin']}";
ssl.truststore.type=PEM
ssl.truststore.location={self.folder}/ca.pem""")
