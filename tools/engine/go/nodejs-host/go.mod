// Pins the source of `pulumi-language-nodejs`. A module of its own: 3.68.0 is the last version of `sdk/v3` that
// holds this command, and the `pulumi` command needs a later one. See the other go.mod for how to change it.
module engine-nodejs-host

go 1.25

require github.com/pulumi/pulumi/sdk/v3 v3.68.0
