# Completion of hone in fish. For this shell: hone completion fish | source
# For all to come: hone completion fish > ~/.config/fish/completions/hone.fish
function __hone_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :folders
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c hone -f -a '(__hone_complete)'
