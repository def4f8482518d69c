namespace MLNet.Sequence.Tests;

[TestClass]
public sealed class StudentTTests
{
    // Abramowitz and Stegun, table 26.10, and for many degrees of freedom the normal distribution.
    [TestMethod]
    [DataRow(0.025, 1, 12.70620)]
    [DataRow(0.0025, 1, 127.3213)]
    [DataRow(0.025, 2, 4.302653)]
    [DataRow(0.05, 3, 2.353363)]
    [DataRow(0.025, 4, 2.776445)]
    [DataRow(0.005, 5, 4.032143)]
    [DataRow(0.0005, 7, 5.407883)]
    [DataRow(0.025, 10, 2.228139)]
    [DataRow(0.025, 48, 2.010635)]
    [DataRow(0.025, 1000, 1.962339)]
    [DataRow(0.025, 1e7, 1.959964)]
    [DataRow(0.5, 3, 0)]
    public void Quantiles_are_those_of_the_tables(double tail, double degrees, double expected) =>
        Assert.AreEqual(expected, StudentT.Exceeded(tail, degrees), 1e-6 * Math.Max(1, expected));

    // With 2 degrees P(T > t) = ½ − t / (2 √(2 + t²)); the value of a fractional degree is between those of its neighbours.
    [TestMethod]
    public void Probabilities_beyond_a_value_are_those_of_the_formula()
    {
        foreach (double t in new[] { 0.1, 1, 3, 20 })
        {
            Assert.AreEqual(0.5 - t / (2 * Math.Sqrt(2 + t * t)), StudentT.Tail(t, 2), 1e-14);
            Assert.AreEqual(0.5 - Math.Atan(t) / Math.PI, StudentT.Tail(t, 1), 1e-14);
            Assert.IsTrue(StudentT.Tail(t, 2) < StudentT.Tail(t, 1.5) && StudentT.Tail(t, 1.5) < StudentT.Tail(t, 1));
        }
    }
}
