using System.Runtime.InteropServices;

namespace MLNet.Sequence.Generation;

/// <summary>
/// The tokens so far, including the prompt: which tokens there are, and which ones have followed a run of tokens. A query costs the same
/// for any number of tokens.
/// </summary>
internal sealed class TokenPast
{
    // The length of the runs whose followers are needed; null: none.
    private readonly int? _run;

    // The tokens by position, each after a run; for each, the last earlier position after a run with the same hash, or −1.
    private readonly List<int> _tokens, _earlier;
    private readonly Dictionary<int, int> _latest;
    private readonly HashSet<int> _distinct;

    /// <param name="tokens">The tokens so far.</param>
    /// <param name="run">The length of the runs that <see cref="Followers"/> knows; null: it is not called.</param>
    public TokenPast(IEnumerable<int> tokens, int? run = null)
    {
        (_run, _tokens, _earlier, _latest, _distinct) = (run, [], [], [], []);
        foreach (int token in tokens)
            Add(token);
    }

    private TokenPast(TokenPast other) =>
        (_run, _tokens, _earlier, _latest, _distinct) = (other._run, [.. other._tokens], [.. other._earlier], new(other._latest), [.. other._distinct]);

    /// <summary>In their order.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Each token once.</summary>
    public IReadOnlyCollection<int> Distinct => _distinct;

    public void Add(int token)
    {
        int earlier = -1;
        if (_tokens.Count >= _run && LastRun() is var run)
        {
            earlier = _latest.GetValueOrDefault(Hash(run), -1);
            _latest[Hash(run)] = _tokens.Count;
        }

        _tokens.Add(token);
        _earlier.Add(earlier);
        _distinct.Add(token);
    }

    /// <summary>These tokens and one more.</summary>
    public TokenPast With(int token)
    {
        var more = new TokenPast(this);
        more.Add(token);
        return more;
    }

    /// <summary>The tokens that have followed a run like the last one; a token is repeated if the given tokens repeat it there.</summary>
    public IEnumerable<int> Followers()
    {
        if (_run is not { } length || _tokens.Count < length)
            yield break;
        for (int place = _latest.GetValueOrDefault(Hash(LastRun()), -1); place >= 0; place = _earlier[place])
        {
            if (All[(place - length)..place].SequenceEqual(LastRun()))
                yield return _tokens[place];
        }
    }

    private ReadOnlySpan<int> All => CollectionsMarshal.AsSpan(_tokens);

    private ReadOnlySpan<int> LastRun() => All[^_run!.Value..];

    private static int Hash(ReadOnlySpan<int> run)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(run));
        return hash.ToHashCode();
    }
}
