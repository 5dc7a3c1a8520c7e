module breakwater.test/device/device-tools

go 1.26.0
