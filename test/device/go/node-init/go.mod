module breakwater.test/device/node-init

go 1.26.0
