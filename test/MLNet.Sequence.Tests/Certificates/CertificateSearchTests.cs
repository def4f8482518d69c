namespace MLNet.Sequence.Tests.Certificates;

/// <summary>A quick form of the bench's certificate-search, with fewer and different cases.</summary>
[TestClass]
public sealed class CertificateSearchTests
{
    private const int Cases = 1_500;

    // One part in a hundred thousand for float32, in which pairs of states are run.
    private const double Limit = 1.00001;

    [TestMethod]
    public void No_inputs_are_found_that_break_the_bound_of_a_truncation()
    {
        Finding?[] found = [.. Enumerable.Range(0, Cases).Select(i => CertificateSearch.Truncation(-1 - i))];
        Finding worst = found.OfType<Finding>().MaxBy(finding => finding.Ratio)!;
        Assert.IsLessThanOrEqualTo(1, worst.Ratio, worst.Subject);
        // The search is a real one: it comes near some bounds, and most cases have a bound.
        Assert.IsGreaterThan(0.5, worst.Ratio, worst.Subject);
        Assert.IsGreaterThan(Cases / 2, found.OfType<Finding>().Count());
    }

    [TestMethod]
    public void No_two_states_are_found_that_come_nearer_by_less_than_lambda()
    {
        Finding worst = Enumerable.Range(0, Cases).Select(i => CertificateSearch.Contraction(-1 - i)).MaxBy(finding => finding.Ratio)!;
        Assert.IsLessThanOrEqualTo(Limit, worst.Ratio, worst.Subject);
        Assert.IsGreaterThan(0.9, worst.Ratio, worst.Subject);
    }
}
