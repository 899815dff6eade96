module matpool

go 1.26
