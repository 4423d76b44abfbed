// A Kafka broker in memory (franz-go's kfake) for tests: the real protocol on one port of the loopback, with
// consumer groups. It prints its address when it serves, and ends when its standard input closes.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	port := flag.Int("port", 0, "port of the loopback; 0 is any free one")
	user := flag.String("user", "", "with a password: only this user may connect, by SASL PLAIN")
	password := flag.String("password", "", "the password of that user")
	flag.Parse()
	options := []kfake.Opt{kfake.NumBrokers(1), kfake.Ports(*port), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(3)}
	if *user != "" {
		options = append(options, kfake.EnableSASL(), kfake.Superuser("PLAIN", *user, *password))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	fmt.Println(cluster.ListenAddrs()[0])
	io.Copy(io.Discard, os.Stdin)
}
